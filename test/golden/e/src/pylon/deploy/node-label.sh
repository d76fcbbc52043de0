#!/bin/bash
echo "nothing to label"