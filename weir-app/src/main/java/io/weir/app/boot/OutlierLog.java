package io.weir.app.boot;

import io.weir.core.health.OutlierEvent;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells Weir's own log of outliers. */
final class OutlierLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutlierLog.class);

    private OutlierLog() {}

    /** One event, one line. */
    static void tell(OutlierEvent event) {
        String type = event.type().name().toLowerCase(Locale.ROOT);
        if (event.ejected() && event.enforced()) {
            LOG.warn("{}: {} ejected: {}", event.cluster(), event.address(), type);
        } else if (event.ejected()) {
            LOG.info("{}: {} would be ejected: {}", event.cluster(), event.address(), type);
        } else {
            LOG.info("{}: {} is back after {} ms", event.cluster(), event.address(),
                    TimeUnit.NANOSECONDS.toMillis(event.sinceNanos()));
        }
    }
}
