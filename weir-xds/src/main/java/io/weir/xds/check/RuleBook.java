package io.weir.xds.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.FieldRules;

/**
 * The rules of one message, as its descriptor carries them in the options of protoc-gen-validate
 * (validate/validate.proto), collected once for each type.
 *
 * @param unchecked
 *            whether the message says that nothing in it is to be checked
 * @param fields
 *            the fields with rules and the fields that hold messages
 * @param required
 *            the oneofs of which one field must be set
 */
record RuleBook(boolean unchecked, List<FieldCheck> fields, List<OneofDescriptor> required) {
    /** Rules that Envoy itself does not hold its users to: of two fields that it may be either one. */
    private static final Set<String> WAIVED = Set
            .of("envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.trust_domains");
    private static final Map<Descriptor, RuleBook> BOOKS = new ConcurrentHashMap<>();

    /**
     * What is to be done about one field.
     *
     * @param rules
     *            the empty rules when it has none
     * @param always
     *            whether it is to be checked although it is not set: it has rules, and no presence of its own
     */
    record FieldCheck(FieldDescriptor field, FieldRules rules, boolean always) {
    }

    static RuleBook of(Descriptor type) {
        RuleBook book = BOOKS.get(type);
        if (book == null) {
            book = read(type);
            BOOKS.put(type, book);
        }
        return book;
    }

    private static RuleBook read(Descriptor type) {
        MessageOptions options = type.getOptions();
        if (options.getExtension(Validate.disabled) || options.getExtension(Validate.ignored)) {
            return new RuleBook(true, List.of(), List.of());
        }
        List<FieldCheck> fields = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            FieldOptions fieldOptions = field.getOptions();
            boolean ruled = fieldOptions.hasExtension(Validate.rules) && !WAIVED.contains(field.getFullName());
            if (ruled || field.getJavaType() == JavaType.MESSAGE) {
                fields.add(new FieldCheck(field,
                        ruled ? fieldOptions.getExtension(Validate.rules) : FieldRules.getDefaultInstance(),
                        ruled && field.getContainingOneof() == null));
            }
        }
        List<OneofDescriptor> required = new ArrayList<>();
        for (OneofDescriptor oneof : type.getRealOneofs()) {
            if (oneof.getOptions().getExtension(Validate.required)) {
                required.add(oneof);
            }
        }
        return new RuleBook(false, List.copyOf(fields), List.copyOf(required));
    }
}
