package io.weir.observe.log;

import java.util.List;

/** Several logs as one. */
record SeveralLogs(List<AccessLog> logs) implements AccessLog {
    @Override
    public void log(AccessRecord ended) {
        for (int i = 0; i < logs.size(); i++) {
            logs.get(i).log(ended);
        }
    }

    @Override
    public void close() {
        logs.forEach(AccessLog::close);
    }
}
