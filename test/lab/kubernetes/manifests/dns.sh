# Answers one question of DNS, on stdin and stdout: $WANTED, a name in hexadecimal as questions have it, has the address
# $ADDRESS, in hexadecimal too; others are not known.
set -eu
question=$(dd bs=512 count=1 2>/dev/null | od -An -v -tx1 | tr -d ' \n')
id=${question%"${question#????}"}
rest=${question#????????????????????????}
name=
while :; do
  length=${rest%"${rest#??}"}
  digits=$((2 + 2 * 0x$length))
  label=$(printf %.${digits}s "$rest")
  name=$name$label
  rest=${rest#"$label"}
  [ "$length" != 00 ] || break
done
type=$(printf %.8s "$rest")
case $name$type in
  "${WANTED}00010001") reply=${id}81800001000100000000$name${type}c00c00010001000000050004$ADDRESS ;;
  "$WANTED"*) reply=${id}81800001000000000000$name$type ;;
  *) reply=${id}81830001000000000000$name$type ;;
esac
# In one piece, which is one packet.
bytes=
while [ "$reply" ]; do
  bytes=$bytes$(printf '\\%03o' "0x$(printf %.2s "$reply")")
  reply=${reply#??}
done
# shellcheck disable=SC2059
printf "$bytes"
