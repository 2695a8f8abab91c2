/* SPDX-License-Identifier: Apache-2.0 */
/* The verb table. */
int main(void)
{
    return 0;
}
