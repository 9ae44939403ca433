package io.weir.xds.tls;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.weir.core.tls.SecretSpec;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.ProtoReader;
import io.weir.xds.yaml.Read;

/**
 * A file of secrets as a control plane would send them: a {@code DiscoveryResponse} whose resources are {@code Secret},
 * in YAML or JSON (SDS by {@code path_config_source}).
 *
 * @param secrets
 *            by name; those that could be read
 * @param problems
 *            all that is wrong with it; with an error among them, none of its secrets counts
 */
public record SecretFile(Map<String, SecretSpec> secrets, List<Problem> problems) {

    private static final String RESOURCES = "resources";

    public SecretFile {
        secrets = Map.copyOf(secrets);
        problems = List.copyOf(problems);
    }

    /** Reads a file. Waits for it. */
    public static SecretFile read(Path file, Extensions extensions) {
        var problems = new ArrayList<Problem>();
        String text = ConfigFile.text(file, problems);
        if (text == null) {
            return new SecretFile(Map.of(), problems);
        }
        ConfigText.Parsed parsed = ConfigText.parse(file.toString(), text);
        Node root = parsed.root();
        if (root == null) {
            return new SecretFile(Map.of(), parsed.problems());
        }
        Read<DiscoveryResponse> read = new ProtoReader(extensions.messageTypes()).read(root,
                DiscoveryResponse.getDefaultInstance(), "");
        problems.addAll(parsed.problems());
        problems.addAll(read.problems());
        ReadContext context = ReadContext.ofText(extensions, read.positions(), problems);
        Map<String, SecretSpec> secrets = secrets(context, read.message());
        context.check(read.message());
        return new SecretFile(secrets, context.problems());
    }

    private static Map<String, SecretSpec> secrets(ReadContext context, DiscoveryResponse response) {
        var secrets = new LinkedHashMap<String, SecretSpec>();
        for (int i = 0; i < response.getResourcesCount(); i++) {
            ReadContext at = context.at(RESOURCES, i);
            Any resource = response.getResources(i);
            SecretSpec spec = at.extension("", resource, SecretSpec.class);
            if (spec != null && secrets.put(name(resource), spec) != null) {
                at.problem("name", name(resource), "another secret of the file has this name already",
                        "give each secret a name of its own");
            }
        }
        return secrets;
    }

    private static String name(Any resource) {
        try {
            return Secret.parseFrom(resource.getValue()).getName();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e); // it has just been read
        }
    }
}
