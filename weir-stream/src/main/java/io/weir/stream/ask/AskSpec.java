package io.weir.stream.ask;

import io.weir.core.value.MetadataTest;
import io.weir.observe.log.AccessLogFormat;
import io.weir.xds.service.ServiceSpec;
import io.weir.xds.spec.ConnectionFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A network filter that asks a service, once, whether a connection may be served. Immutable. */
public sealed interface AskSpec extends ConnectionFilter {
    /** Who is asked. */
    ServiceSpec service();

    /** Whether a connection is served where the service gives no answer. */
    boolean failureAllows();

    /**
     * Who may be served. Source: Envoy's {@code envoy.filters.network.ext_authz}.
     *
     * @param statPrefix
     *            in {@code ext_authz.<statPrefix>.}
     * @param tellsCertificate
     *            whether the service sees the client's certificate
     * @param tellsServerName
     *            whether it sees the name that the client's TLS asks for
     * @param enabled
     *            of which connections it is asked; null: of all
     */
    record Authorize(String statPrefix, ServiceSpec service, boolean failureAllows, boolean tellsCertificate,
            boolean tellsServerName, @Nullable MetadataTest enabled) implements AskSpec {
        @Override
        public boolean asksForServerName() {
            return tellsServerName;
        }
    }

    /**
     * How many may be served. Source: Envoy's {@code envoy.filters.network.ratelimit}.
     *
     * @param statPrefix
     *            in {@code ratelimit.<statPrefix>.}
     * @param domain
     *            whose limits the service looks at
     * @param descriptors
     *            what it counts, each of at least one entry
     */
    record Limit(String statPrefix, ServiceSpec service, boolean failureAllows, String domain,
            List<List<Entry>> descriptors) implements AskSpec {
        public Limit {
            descriptors = descriptors.stream().map(List::copyOf).toList();
        }
    }

    /** One key of a descriptor, and its value in the words of access logs. */
    record Entry(String key, AccessLogFormat value) {
    }
}
