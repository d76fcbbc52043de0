#!/bin/sh
# Pulls images that are not there yet: $1, $2, … Exit 4: one cannot be had.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

for image; do
  if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
  docker pull -q "$image" >/dev/null || fail 4 "The image $image cannot be pulled."
  changed "image $image"
done
finish
