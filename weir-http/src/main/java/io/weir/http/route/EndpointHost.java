package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * The authority of a request whose route takes it from the chosen endpoint ({@code auto_host_rewrite}). Every try has
 * its own endpoint's name, but {@code x-forwarded-host} says what the client asked for, not whom the try before asked.
 * Serves one exchange after another; belongs to one worker.
 */
public final class EndpointHost {
    private @Nullable String asked;

    /** Another request begins. */
    public void clear() {
        asked = null;
    }

    /**
     * Puts the endpoint's name into the request; one without a name gets what the client asked for.
     *
     * @param hostname
     *            empty for none
     */
    public void apply(HttpHead request, Forward how, @Nullable Target target, String hostname) {
        if (target == null || !how.hostFromEndpoint(target)) {
            return;
        }
        String own = asked;
        if (own != null) {
            request.authority(hostname.isEmpty() ? own : hostname);
        } else if (!hostname.isEmpty()) {
            asked = request.authority();
            how.rewriteHostTo(request, hostname);
        }
    }
}
