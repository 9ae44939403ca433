package io.weir.filters.transcode;

import com.google.api.AnnotationsProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import io.weir.xds.compile.ReadContext;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code protoc --include_imports --descriptor_set_out} has written: services and the types that they speak of.
 * Immutable; any thread.
 */
final class DescriptorSet {
    /** Imports in a row; a file that imports itself would go on for ever. */
    private static final int IMPORTS_MAX = 100;
    private static final int NAMED_MAX = 5;

    private final Map<String, ServiceDescriptor> services = new LinkedHashMap<>();
    private final TypeRegistry types;

    private DescriptorSet(Map<String, FileDescriptor> files) {
        var registry = TypeRegistry.newBuilder();
        for (var file : files.values()) {
            file.getServices().forEach(service -> services.put(service.getFullName(), service));
            for (Descriptor type : file.getMessageTypes()) {
                registry.add(type);
            }
        }
        types = registry.build();
    }

    /**
     * Reads a set; null after a problem.
     *
     * @param place
     *            the field that names it
     */
    static @Nullable DescriptorSet read(ByteString bytes, String place, ReadContext context) {
        var registry = ExtensionRegistry.newInstance();
        AnnotationsProto.registerAllExtensions(registry);
        try {
            var protos = new HashMap<String, FileDescriptorProto>();
            var set = FileDescriptorSet.parseFrom(bytes, registry);
            set.getFileList().forEach(file -> protos.put(file.getName(), file));
            var files = new LinkedHashMap<String, FileDescriptor>();
            for (var file : set.getFileList()) {
                file(file.getName(), protos, files, 0);
            }
            return new DescriptorSet(files);
        } catch (InvalidProtocolBufferException e) {
            context.problem(place, bytes.size() + " bytes", "this is no descriptor set: " + e.getMessage(),
                    "make it with protoc --include_imports --descriptor_set_out=FILE");
        } catch (DescriptorValidationException | IllegalArgumentException e) {
            context.problem(place, bytes.size() + " bytes", "the descriptors do not fit together: " + e.getMessage(),
                    "make them with protoc --include_imports --descriptor_set_out=FILE");
        }
        return null;
    }

    private static FileDescriptor file(String name, Map<String, FileDescriptorProto> protos,
            Map<String, FileDescriptor> files, int depth) throws DescriptorValidationException {
        var built = files.get(name);
        if (built != null) {
            return built;
        }
        var proto = protos.get(name);
        if (proto == null) {
            throw new IllegalArgumentException("the import " + name + " is missing");
        }
        if (depth == IMPORTS_MAX) {
            throw new IllegalArgumentException("imports go round in " + name);
        }
        var imports = new FileDescriptor[proto.getDependencyCount()];
        for (int i = 0; i < imports.length; i++) {
            imports[i] = file(proto.getDependency(i), protos, files, depth + 1);
        }
        built = FileDescriptor.buildFrom(proto, imports);
        files.put(name, built);
        return built;
    }

    @Nullable
    ServiceDescriptor service(String name) {
        return services.get(name);
    }

    TypeRegistry types() {
        return types;
    }

    /** Which services there are, for a message. */
    String known() {
        var some = new TreeSet<>(services.keySet()).stream().limit(NAMED_MAX).toList();
        return some.isEmpty() ? "; they have none" : "; they have " + String.join(", ", some);
    }
}
