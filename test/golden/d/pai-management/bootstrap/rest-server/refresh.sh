#!/bin/bash

pushd $(dirname "$0") > /dev/null
/bin/bash node-label.sh || exit $?

if kubectl get node 10.0.0.1 && kubectl get node 10.0.0.2 && kubectl get node 10.0.0.3; then
    /bin/bash stop.sh && /bin/bash start.sh
else
    echo "No node label restserver=true"
fi
popd > /dev/null