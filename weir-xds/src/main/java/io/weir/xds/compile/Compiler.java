package io.weir.xds.compile;

import java.util.List;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Positions;

/** Turns a bootstrap into a {@link Snapshot}, or tells everything that is wrong with it. Stateless; any thread. */
public final class Compiler {

    private Compiler() {}

    /**
     * Compiles a bootstrap: the rules of the API, the fields that Weir honours, every resource, and what holds them
     * together.
     *
     * @param message
     *            what to compile
     * @param positions
     *            where its fields were written; {@link Positions#none()} when it has no text
     * @param extensions
     *            what may stand in a {@code typed_config}
     */
    public static Compiled compile(Bootstrap message, Positions positions, Extensions extensions) {
        Findings findings = new Findings(positions, extensions);
        Snapshot snapshot = read(message, positions, findings);
        return compiled(snapshot, findings.problems());
    }

    /** Reads and checks; the snapshot may be run only if the findings hold no error. */
    static Snapshot read(Bootstrap message, Positions positions, Findings findings) {
        ReadContext context = new ReadContext(findings, "");
        Snapshot snapshot = BootstrapReader.read(context, message);
        CrossChecks.check(findings, message);
        context.check(message);
        return snapshot;
    }

    static Compiled compiled(Snapshot snapshot, List<Problem> problems) {
        return Problem.anyError(problems)
                ? new Compiled.Rejected(problems)
                : new Compiled.Accepted(snapshot, problems);
    }
}
