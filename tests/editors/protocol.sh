#!/usr/bin/env bash
# An independent client that decodes every message into types, once for each editor whose capabilities it has recorded.
. "$(dirname "$0")/common.sh"

PROJECT=$project FIXED=$fixed timeout 300 "$state/protocol/bin/pytest" -q -p no:cacheprovider -W error::pytest.PytestUnraisableExceptionWarning \
  --rootdir "$here/protocol" -c "$here/protocol/pytest.ini" "$here/protocol" "$@"
