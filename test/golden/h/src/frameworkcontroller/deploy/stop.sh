#!/bin/bash
PYTHONPATH="../../../deployment" python -m k8sPaiLibrary.maintaintool.update_resource \
    --operation delete --resource statefulset --name frameworkcontroller