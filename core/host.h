/* SPDX-License-Identifier: Apache-2.0 */
/* The host table that every plugin is given. */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "core/etl/plugin.h"

extern const etl_host host_table;

#endif
