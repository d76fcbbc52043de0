#!/bin/bash
# Rendered without a single tag; the empty lines stay.

nvidia-smi --query-gpu=name --format=csv | awk '{print "{" $1 "}"}'

