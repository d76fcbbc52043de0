#!/bin/bash
# start.sh delete.sh secret.yaml host-configuration/host-configuration.yaml
kubectl delete --ignore-not-found --now "daemonset/delete-batch-job"
rm -rf /datastorage