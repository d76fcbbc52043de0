#!/bin/bash


echo "not configured: http://10.0.0.1:9093 would be it, every 24h"