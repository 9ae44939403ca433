package io.weir.stream.postgres;

import com.google.protobuf.DynamicMessage;
import io.weir.stream.postgres.PostgresSpec.Clients;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.message.PostgresMessage;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that turns sessions of PostgreSQL to TLS. */
public final class PostgresReader implements ExtensionReader<DynamicMessage, PostgresSpec> {
    private static final String MODES = "write DISABLE, ALLOW or REQUIRE";

    @Override
    public DynamicMessage prototype() {
        return PostgresMessage.prototype();
    }

    @Override
    public Class<PostgresSpec> kind() {
        return PostgresSpec.class;
    }

    @Override
    public @Nullable PostgresSpec read(DynamicMessage config, ReadContext context) {
        String prefix = PostgresMessage.text(config, "stat_prefix");
        if (prefix.isEmpty()) {
            context.problem("stat_prefix", "", "its numbers need a name", "add stat_prefix: postgres");
        }
        Clients clients = switch (PostgresMessage.mode(config, "downstream_ssl")) {
            // the older word for it, which lets in who asks for nothing
            case "DISABLE" -> PostgresMessage.flag(config, "terminate_ssl") ? Clients.ALLOW : Clients.DISABLE;
            case "ALLOW" -> Clients.ALLOW;
            case "REQUIRE" -> Clients.REQUIRE;
            default -> {
                context.problem("downstream_ssl", PostgresMessage.mode(config, "downstream_ssl"),
                        "there is no such mode", MODES);
                yield null;
            }
        };
        Boolean asksHosts = switch (PostgresMessage.mode(config, "upstream_ssl")) {
            case "DISABLE" -> false;
            case "ALLOW" -> {
                context.warning("upstream_ssl", "ALLOW",
                        "hosts are asked for TLS with REQUIRE alone: all is sent to them"
                                + " in the clear, as by Envoy",
                        "write REQUIRE, or remove it");
                yield false;
            }
            case "REQUIRE" -> true;
            default -> {
                context.problem("upstream_ssl", PostgresMessage.mode(config, "upstream_ssl"),
                        "there is no such mode", MODES);
                yield null;
            }
        };
        return clients == null || asksHosts == null || prefix.isEmpty()
                ? null
                : new PostgresSpec(prefix, clients, asksHosts);
    }
}
