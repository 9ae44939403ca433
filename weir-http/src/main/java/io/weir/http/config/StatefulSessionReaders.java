package io.weir.http.config;

import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.weir.core.hash.HashKey.MadeCookie;
import io.weir.http.filter.OffHere;
import io.weir.http.sticky.SessionState;
import io.weir.http.sticky.StatefulSessionSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.HashKeyReader;
import io.weir.xds.compile.ReadContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the filter that keeps sessions at one host, what routes say of it, and where clients keep the host. */
final class StatefulSessionReaders {
    private StatefulSessionReaders() {}

    static List<ExtensionReader<?, ?>> all() {
        return List.of(new OfFilter(), new OfRoute(), new InCookie(), new InHeader(), new InEnvelope());
    }

    private static StatefulSessionSpec spec(StatefulSession config, ReadContext context) {
        SessionState state = config.hasSessionState()
                ? context.extension("session_state.typed_config", config.getSessionState().getTypedConfig(),
                        SessionState.class)
                : null;
        return new StatefulSessionSpec(state, config.getStrict(), config.getStatPrefix());
    }

    private record OfFilter() implements ExtensionReader<StatefulSession, StatefulSessionSpec> {
        @Override
        public StatefulSession prototype() {
            return StatefulSession.getDefaultInstance();
        }

        @Override
        public Class<StatefulSessionSpec> kind() {
            return StatefulSessionSpec.class;
        }

        @Override
        public StatefulSessionSpec read(StatefulSession config, ReadContext context) {
            if (!config.hasSessionState()) {
                context.warning("session_state", "", "nothing says where clients keep their session's host, so this"
                        + " filter does nothing of itself", "add session_state");
            }
            return spec(config, context);
        }
    }

    private record OfRoute() implements ExtensionReader<StatefulSessionPerRoute, Object> {
        @Override
        public StatefulSessionPerRoute prototype() {
            return StatefulSessionPerRoute.getDefaultInstance();
        }

        @Override
        public Class<Object> kind() {
            return Object.class;
        }

        @Override
        public Object read(StatefulSessionPerRoute config, ReadContext context) {
            return switch (config.getOverrideCase()) {
                // the API's rules refuse the second
                case DISABLED, OVERRIDE_NOT_SET -> new OffHere(StatefulSessionSpec.class);
                case STATEFUL_SESSION -> spec(config.getStatefulSession(), context.at("stateful_session"));
            };
        }
    }

    private record InCookie() implements ExtensionReader<CookieBasedSessionState, SessionState> {
        @Override
        public CookieBasedSessionState prototype() {
            return CookieBasedSessionState.getDefaultInstance();
        }

        @Override
        public Class<SessionState> kind() {
            return SessionState.class;
        }

        @Override
        public SessionState read(CookieBasedSessionState config, ReadContext context) {
            var cookie = config.getCookie();
            List<String> attributes = cookie.getAttributesList().stream()
                    .map(attribute -> HashKeyReader.attribute(attribute.getName(), attribute.getValue())).toList();
            return new SessionState.InCookie(cookie.getName(),
                    new MadeCookie(Math.max(0, cookie.getTtl().getSeconds()), cookie.getPath(), attributes));
        }
    }

    private record InHeader() implements ExtensionReader<HeaderBasedSessionState, SessionState> {
        @Override
        public HeaderBasedSessionState prototype() {
            return HeaderBasedSessionState.getDefaultInstance();
        }

        @Override
        public Class<SessionState> kind() {
            return SessionState.class;
        }

        @Override
        public @Nullable SessionState read(HeaderBasedSessionState config, ReadContext context) {
            var name = TextReader.editable(config.getName(), "name", context);
            return name == null ? null : new SessionState.InHeader(name);
        }
    }

    private record InEnvelope() implements ExtensionReader<EnvelopeSessionState, SessionState> {
        @Override
        public EnvelopeSessionState prototype() {
            return EnvelopeSessionState.getDefaultInstance();
        }

        @Override
        public Class<SessionState> kind() {
            return SessionState.class;
        }

        @Override
        public @Nullable SessionState read(EnvelopeSessionState config, ReadContext context) {
            var name = TextReader.editable(config.getHeader().getName(), "header.name", context);
            return name == null ? null : new SessionState.InEnvelope(name);
        }
    }
}
