package io.weir.stream.tcp;

import io.netty.channel.Channel;
import io.weir.core.value.FilterState;
import io.weir.core.value.JsonText;
import io.weir.net.sniff.Greeting;
import io.weir.net.tunnel.TunnelAnswer;
import io.weir.net.tunnel.TunnelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Leaves what a proxy says of a connection's tunnel for the connection's log, in the form and under the keys of Envoy:
 * a message {@code HeaderMap}. That of another attempt takes the place of the one before. The worker's.
 *
 * @param client
 *            whose connection it is
 */
record LeftAnswer(Channel client, boolean keepsHead, boolean keepsTrailers) implements TunnelAnswer {
    private static final String HEAD = "envoy.tcp_proxy.propagate_response_headers";
    private static final String TRAILERS = "envoy.tcp_proxy.propagate_response_trailers";

    @Override
    public boolean wanted() {
        return true;
    }

    @Override
    public void head(int status, List<TunnelRequest.Field> fields) {
        if (keepsHead) {
            var all = new ArrayList<TunnelRequest.Field>();
            all.add(new TunnelRequest.Field(":status", Integer.toString(status)));
            all.addAll(fields);
            leave(HEAD, all);
        }
    }

    @Override
    public void trailers(List<TunnelRequest.Field> fields) {
        if (keepsTrailers) {
            leave(TRAILERS, fields);
        }
    }

    private void leave(String key, List<TunnelRequest.Field> fields) {
        List<Object> headers = new ArrayList<>();
        for (TunnelRequest.Field field : fields) {
            // by name, so that the two stand in Envoy's order
            headers.add(new TreeMap<>(Map.of("key", field.name(), "value", field.value())));
        }
        var json = new StringBuilder();
        JsonText.append(Map.of("headers", headers), json);
        Greeting.state(client).put(key, new FilterState.Value(json.toString(), FilterState.Kind.MESSAGE, false));
    }
}
