package io.weir.core.health;

/** Who carries checks out. Called on the conductor. */
public interface Prober {
    /** Prepares to check one host; nothing is sent yet. */
    Probe probe(CheckTarget target);

    /** One host's checks, one at a time. */
    interface Probe {
        /** Begins one check. Its one answer comes on the conductor, no later than the check's timeout by much. */
        void begin(Answer answer);

        /** No more checks: connections close, and a check under way gets no answer. */
        void close();
    }

    /** Hears how a check ended. */
    interface Answer {
        /** It ended so. Conductor. */
        void ended(CheckResult result, long nowNanos);
    }

    /** Nobody: checks never end. For a cluster that nobody keeps yet. */
    Prober NOBODY = _ -> new Probe() {
        @Override
        public void begin(Answer answer) {
            // nobody to ask
        }

        @Override
        public void close() {
            // nothing is open
        }
    };
}
