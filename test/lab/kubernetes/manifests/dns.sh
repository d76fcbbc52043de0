# Answers one question of DNS, on stdin and stdout: $WANTED, a name in hexadecimal as questions have it, has the address
# $ADDRESS, in hexadecimal too; others are not known. Few processes, or a busy computer would take seconds for it.
set -eu
asked=$(dd bs=512 count=1 2>/dev/null | od -An -v -tx1 | tr -d ' \n')
id=${asked%"${asked#????}"}
question=${asked#????????????????????????}
case $question in
  "${WANTED}00010001") reply=${id}81800001000100000000${question}c00c00010001000000050004$ADDRESS ;;
  "$WANTED"*) reply=${id}81800001000000000000$question ;;
  *) reply=${id}81830001000000000000$question ;;
esac
echo "$reply" | busybox xxd -r -p
