package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import com.google.protobuf.Any;
import com.google.protobuf.Message;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.tls.SecretSpec;
import io.weir.core.value.MetadataTest;
import io.weir.core.value.ValueTest;
import io.weir.xds.check.Rules;
import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Positions;

import org.jspecify.annotations.Nullable;

/**
 * What a reader may do while it reads: tell problems, read nested extensions, and name clusters that must exist. All
 * paths are given relative to the message that is read, in Envoy's field names ({@code route_config.virtual_hosts[0]});
 * an empty path is the message itself. Used by one thread.
 */
public final class ReadContext {

    private final Findings findings;
    private final String path;

    ReadContext(Findings findings, String path) {
        this.findings = findings;
        this.path = path;
    }

    /** A context for reading one message by itself, without a text around it: for tests and for resources by wire. */
    public static ReadContext standalone(Extensions extensions) {
        return new ReadContext(Findings.withoutText(extensions), "");
    }

    /**
     * A context for reading the messages of one text.
     *
     * @param positions
     *            where their fields were written
     * @param problems
     *            what reading the text has come to
     */
    public static ReadContext ofText(Extensions extensions, Positions positions, List<Problem> problems) {
        Findings findings = new Findings(positions, extensions);
        findings.addFromText(problems);
        return new ReadContext(findings, "");
    }

    /** Checks a message by the rules of the API and by what Weir honours; after it has been read. */
    public void check(Message message) {
        Extensions extensions = findings.extensions();
        var general = new ArrayList<Problem>();
        Rules.check(message, path, findings.positions(), extensions.messageTypes(), general);
        findings.addGeneral(general);
        general.clear();
        extensions.honoured().check(message, path, findings.positions(), extensions.messageTypes(), general);
        findings.addGeneral(general);
    }

    /**
     * What the bootstrap has under the name of a secret; null after a problem, or where its own place has one.
     *
     * @param kind
     *            what is wanted
     */
    public <S extends SecretSpec> @Nullable S secret(String name, Class<S> kind) {
        if (name.isEmpty()) {
            return null; // the rules of the API tell
        }
        Optional<SecretSpec> found = findings.secrets().get(name);
        if (found == null) {
            problem("name", name, "static_resources.secrets has no secret of this name", Nearest.cure(name,
                    findings.secrets().keySet(), "add it there, or say by sds_config.path_config_source in which file"
                            + " it is"));
            return null;
        }
        SecretSpec secret = found.orElse(null);
        if (secret != null && !kind.isInstance(secret)) {
            problem("name", name, "the secret of this name is of another kind", "name another");
            return null;
        }
        return kind.cast(secret);
    }

    /** The path of the message that is read, from the root of the configuration. */
    public String path() {
        return path;
    }

    /** The context of a part of this message. */
    public ReadContext at(String subPath) {
        return new ReadContext(findings, Findings.join(path, subPath));
    }

    /** The context of one element of a list: {@code at("routes", 3)} is {@code routes[3]}. */
    public ReadContext at(String list, int index) {
        return at(list + "[" + index + "]");
    }

    /** Tells an error; the configuration will be rejected. Go on reading, there may be more to tell. */
    public void problem(String subPath, String value, String message, String cure) {
        findings.error(Findings.join(path, subPath), value, message, cure);
    }

    /** Tells something that the writer should know, but that rejects nothing. */
    public void warning(String subPath, String value, String message, String cure) {
        findings.warning(Findings.join(path, subPath), value, message, cure);
    }

    /** Whether there is a reader for the type of this extension; for places that may ignore unknown ones. */
    public boolean isKnown(Any typedConfig) {
        return findings.extensions().reader(TypedConfigs.type(typedConfig)) != null;
    }

    /**
     * Reads a nested extension.
     *
     * @param subPath
     *            where it stands, usually ending in {@code typed_config}
     * @param kind
     *            what is wanted there; an extension that is something else is a problem
     * @return what its reader made of it, or null after a problem has been told
     */
    public <X> @Nullable X extension(String subPath, Any typedConfig, Class<X> kind) {
        return TypedConfigs.read(findings, Findings.join(path, subPath), typedConfig, kind);
    }

    /**
     * Reads a list of access logs with their filters; those with problems are left out.
     *
     * @param list
     *            the name of the field, usually {@code access_log}
     */
    public List<AccessLogSpec> accessLogs(String list, List<AccessLog> messages) {
        return AccessLoggers.read(this, list, messages);
    }

    /**
     * Reads which requests are meant, in the words of access logs; null: all of them.
     *
     * @param subPath
     *            where the filter stands
     */
    public AccessLogSpec.@Nullable Filter logFilter(String subPath, AccessLogFilter message) {
        return AccessLogFilters.read(at(subPath), message);
    }

    /**
     * Reads a test on what filters say of a request; null after a problem.
     *
     * @param subPath
     *            where it stands
     */
    public @Nullable MetadataTest metadataTest(String subPath, MetadataMatcher message) {
        return AccessLogFilters.metadata(message, at(subPath));
    }

    /**
     * Reads a format in the words of access logs. Where there is no check of formats
     * ({@link Extensions#withFormatCheck}), whoever compiles it has to look for mistakes.
     *
     * @param subPath
     *            where the format stands
     */
    public AccessLogSpec.Format logFormat(String subPath, SubstitutionFormatString message) {
        return AccessLoggers.format(at(subPath), message);
    }

    /** Reads a test on one value of metadata; null after a problem. */
    public @Nullable ValueTest valueTest(String subPath, ValueMatcher message) {
        return AccessLogFilters.value(message, at(subPath));
    }

    /** Reads a test on text; null after a problem. */
    public @Nullable Predicate<String> textTest(String subPath, StringMatcher message) {
        return AccessLogFilters.text(message, at(subPath));
    }

    /** Says that a cluster of this name must exist; the compiler tells when it does not. */
    public void clusterReferenced(String subPath, String cluster) {
        findings.clusterReferenced(Findings.join(path, subPath), cluster, false);
    }

    /** Says that a cluster of this name must exist and speak HTTP/2, as gRPC does. */
    public void clusterCalled(String subPath, String cluster) {
        findings.clusterReferenced(Findings.join(path, subPath), cluster, true);
    }

    /** Everything told so far, here and in all contexts that belong together, in the order of the text. */
    public List<Problem> problems() {
        return findings.problems();
    }

    /** The names given to {@link #clusterReferenced} and {@link #clusterCalled} so far, in order. */
    public List<String> clustersReferenced() {
        return findings.clusterReferences().stream().map(Findings.ClusterReference::cluster).toList();
    }

    /** Says that this part does not count: what is not honoured in it does no harm. */
    void skip(String subPath) {
        findings.skip(Findings.join(path, subPath));
    }

    Findings findings() {
        return findings;
    }
}
