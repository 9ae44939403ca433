package io.weir.xds.compile;

import java.util.List;

import io.weir.xds.resource.Problem;

/** What became of a configuration: all of it, or none. */
public sealed interface Compiled {

    /** It can be run. */
    record Accepted(Snapshot snapshot, List<Problem> warnings) implements Compiled {

        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot be run: every problem that was found, at least one an error, in the order of the text. */
    record Rejected(List<Problem> problems) implements Compiled {

        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
