package io.weir.http.check;

import io.weir.core.health.CheckTarget;
import io.weir.http.check.HttpCheck.Field;
import io.weir.net.check.Dialect;
import io.weir.net.check.Dialogue;
import java.util.List;

/**
 * A host is well when {@code grpc.health.v1.Health/Check} says that it serves: Envoy's {@code grpc_health_check}.
 * Immutable.
 *
 * @param service
 *            which service to ask about; empty: the server as a whole
 * @param authority
 *            what to call the host; empty: the cluster's name
 * @param metadata
 *            sent with the call, in this order
 */
public record GrpcCheck(String service, String authority, List<Field> metadata) implements Dialect {
    public GrpcCheck {
        metadata = List.copyOf(metadata);
    }

    @Override
    public String label() {
        return "GRPC";
    }

    @Override
    public Dialogue dialogue(CheckTarget target) {
        String called = !target.hostname().isEmpty()
                ? target.hostname()
                : authority.isEmpty() ? target.cluster() : authority;
        return new GrpcDialogue(this, called);
    }
}
