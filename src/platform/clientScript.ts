/**
 * For `/bin/sh`; its arguments are the option file (empty: none), the client, and the client's arguments.
 *
 * Hands the client its options through a pipe, and removes the file before the client has read them: what was read once
 * is nowhere any more. Goes on until the person has seen why a client failed.
 */
export const clientScript = `
options=$1; shift
trap : INT
if [ -n "$options" ]; then
  program=$1; shift
  { cat "$options"; rm -rf "\${options%/*}"; } | "$program" --defaults-file=/dev/fd/3 "$@" 3<&0 < /dev/tty
else
  "$@"
fi
code=$?
if [ "$code" -ne 0 ]; then
  printf '\\nThe client has ended with code %s. Press Enter to close the terminal.' "$code"
  read -r answer < /dev/tty
fi
exit "$code"
`;
