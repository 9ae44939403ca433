package io.weir.stream.tcp;

import io.netty.channel.Channel;
import io.weir.net.tunnel.TunnelAnswer;
import io.weir.net.tunnel.TunnelRequest;
import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.AccessRecord;
import io.weir.stream.client.Wording;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What hosts that are proxies are asked for, for each connection. Immutable. Source: Envoy's {@code tunneling_config}.
 *
 * @param authority
 *            where its bytes are to go
 * @param postPath
 *            the path of a POST whose body they are; null: CONNECT
 * @param keepsHead
 *            whether the fields of the answer are left for the connection's log
 * @param keepsTrailers
 *            whether those behind its content are
 */
public record TunnelingSpec(AccessLogFormat authority, @Nullable String postPath, List<Field> fields,
        boolean keepsHead, boolean keepsTrailers) {
    /**
     * A line of the request's head.
     *
     * @param keepsEmpty
     *            whether it is sent where it says nothing
     */
    public record Field(String name, AccessLogFormat value, boolean keepsEmpty) {
    }

    public TunnelingSpec {
        fields = List.copyOf(fields);
    }

    /** Hears what a proxy answers for this client. */
    TunnelAnswer answer(Channel client) {
        return keepsHead || keepsTrailers
                ? new LeftAnswer(client, keepsHead, keepsTrailers)
                : TunnelAnswer.UNHEARD;
    }

    /**
     * The request of one connection, of which this is known; null where it would not be one: somebody's words in it
     * would end its lines, or nothing says where its bytes go.
     */
    @Nullable
    TunnelRequest request(AccessRecord connection) {
        String to = Wording.of(authority, connection);
        var lines = new ArrayList<TunnelRequest.Field>();
        boolean fine = !to.isEmpty() && to.chars().noneMatch(each -> each <= ' ' || each == 0x7f);
        for (Field field : fields) {
            String value = Wording.of(field.value, connection);
            fine &= value.chars().noneMatch(each -> (each < ' ' && each != '\t') || each == 0x7f);
            if (!value.isEmpty() || field.keepsEmpty) {
                lines.add(new TunnelRequest.Field(field.name, value));
            }
        }
        return fine ? new TunnelRequest(to, postPath, lines) : null;
    }
}
