package io.weir.app.boot;

import io.weir.xds.resource.Problem;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells why what a configuration asks for cannot be had, although it reads well. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private Refusals() {}

    /**
     * As problems of a start.
     *
     * @param list
     *            in which list of the bootstrap the refused stand
     */
    static List<Problem> problems(Source source, String list, List<Listeners.Refusal> refusals) {
        return refusals.stream().map(refusal -> {
            String path = "static_resources." + list + '[' + refusal.index() + "]." + refusal.path();
            return Problem.error(source.position(path), path, refusal.value(), refusal.message(), refusal.cure());
        }).toList();
    }

    /** As lines of the log. */
    static void log(Source source, String kind, List<String> names, List<Listeners.Refusal> refusals) {
        for (Listeners.Refusal refusal : refusals) {
            LOG.error("{}: {} {}: {}: {} ({})", source.name(), kind, names.get(refusal.index()), refusal.path(),
                    refusal.message(), refusal.value());
        }
        LOG.error("{} is not taken over; the configuration before stays", source.name());
    }
}
