package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.weir.core.model.AccessLogSpec.Comparison;
import io.weir.core.model.AccessLogSpec.Filter;
import io.weir.core.value.MetadataPath;
import io.weir.core.value.MetadataTest;
import io.weir.core.value.ValueTest;

import org.jspecify.annotations.Nullable;

/** Reads which requests an access log shows. */
final class AccessLogFilters {

    private AccessLogFilters() {}

    /** The filter, or null when it lets everything pass or after a problem. */
    static @Nullable Filter read(ReadContext context, AccessLogFilter filter) {
        return switch (filter.getFilterSpecifierCase()) {
            case STATUS_CODE_FILTER -> {
                var comparison = filter.getStatusCodeFilter().getComparison();
                yield new Filter.Status(comparison(comparison), Plain.limit(comparison.getValue().getDefaultValue()));
            }
            case DURATION_FILTER -> {
                var comparison = filter.getDurationFilter().getComparison();
                yield new Filter.Duration(comparison(comparison), Plain.limit(comparison.getValue().getDefaultValue()));
            }
            case RESPONSE_FLAG_FILTER -> new Filter.Flags(Set.copyOf(filter.getResponseFlagFilter().getFlagsList()));
            case AND_FILTER -> {
                List<Filter> parts = all(context.at("and_filter"), filter.getAndFilter().getFiltersList(), true);
                yield parts.isEmpty() ? null : new Filter.And(parts);
            }
            case OR_FILTER -> {
                List<Filter> parts = all(context.at("or_filter"), filter.getOrFilter().getFiltersList(), false);
                yield parts.isEmpty() ? null : new Filter.Or(parts);
            }
            case METADATA_FILTER -> {
                var message = filter.getMetadataFilter();
                var test = metadata(message.getMatcher(), context.at("metadata_filter").at("matcher"));
                yield test == null
                        ? null
                        : new Filter.Metadata(test,
                                !message.hasMatchIfKeyNotFound() || message.getMatchIfKeyNotFound().getValue());
            }
            case NOT_HEALTH_CHECK_FILTER -> null; // Weir answers no health checks itself: every request passes
            case FILTERSPECIFIER_NOT_SET -> null; // a rule of the API says that it is required
            case TRACEABLE_FILTER, RUNTIME_FILTER, HEADER_FILTER, GRPC_STATUS_FILTER, EXTENSION_FILTER,
                    LOG_TYPE_FILTER -> {
                String name = filter.getFilterSpecifierCase().name().toLowerCase(Locale.ROOT);
                context.problem(name, "", "Weir does not honour this filter of access logs yet",
                        "remove it, or use status_code_filter, duration_filter, response_flag_filter,"
                                + " metadata_filter, and_filter or or_filter");
                yield null;
            }
        };
    }

    /** The parts that say something. In an "or", one part that lets everything pass makes the whole do so. */
    private static List<Filter> all(ReadContext context, List<AccessLogFilter> filters, boolean and) {
        var parts = new ArrayList<Filter>();
        boolean passAll = false;
        for (int i = 0; i < filters.size(); i++) {
            Filter part = read(context.at("filters", i), filters.get(i));
            if (part != null) {
                parts.add(part);
            } else {
                passAll = true;
            }
        }
        return passAll && !and ? List.of() : parts;
    }

    private static Comparison comparison(ComparisonFilter comparison) {
        return switch (comparison.getOp()) {
            case EQ -> Comparison.EQ;
            case GE -> Comparison.GE;
            case LE -> Comparison.LE;
            case UNRECOGNIZED -> Comparison.EQ; // a rule of the API refuses it
        };
    }

    /** A test on what filters have said, or null after a problem. */
    static @Nullable MetadataTest metadata(MetadataMatcher matcher, ReadContext context) {
        var keys = matcher.getPathList().stream().map(MetadataMatcher.PathSegment::getKey).toList();
        var value = value(matcher.getValue(), context.at("value"));
        return value == null
                ? null
                : new MetadataTest(new MetadataPath(matcher.getFilter(), keys), value, matcher.getInvert());
    }

    /** A test on one value, or null after a problem. */
    static @Nullable ValueTest value(ValueMatcher matcher, ReadContext context) {
        return switch (matcher.getMatchPatternCase()) {
            case DOUBLE_MATCH -> {
                var number = matcher.getDoubleMatch();
                yield number.hasRange()
                        ? new ValueTest.Between(number.getRange().getStart(), number.getRange().getEnd())
                        : new ValueTest.Between(number.getExact(), number.getExact());
            }
            case STRING_MATCH -> {
                var text = text(matcher.getStringMatch(), context.at("string_match"));
                yield text == null ? null : new ValueTest.Text(text);
            }
            case BOOL_MATCH -> new ValueTest.Bool(matcher.getBoolMatch());
            case PRESENT_MATCH -> new ValueTest.Present(matcher.getPresentMatch());
            case LIST_MATCH -> {
                var each = value(matcher.getListMatch().getOneOf(), context.at("list_match").at("one_of"));
                yield each == null ? null : new ValueTest.OneOf(each);
            }
            case OR_MATCH -> any(matcher.getOrMatch().getValueMatchersList(), context.at("or_match"));
            case NULL_MATCH -> {
                context.problem("null_match", "", "metadata hold no null here: it counts as nothing",
                        "use present_match: false");
                yield null;
            }
            case MATCHPATTERN_NOT_SET -> null; // the API's rules tell
        };
    }

    private static @Nullable ValueTest any(List<ValueMatcher> matchers, ReadContext context) {
        var tests = new ArrayList<ValueTest>();
        for (int i = 0; i < matchers.size(); i++) {
            var test = value(matchers.get(i), context.at("value_matchers", i));
            if (test != null) {
                tests.add(test);
            }
        }
        return tests.size() < matchers.size() ? null : new ValueTest.Any(tests);
    }

    static @Nullable Predicate<String> text(StringMatcher matcher, ReadContext context) {
        boolean folds = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> {
                String exact = matcher.getExact();
                yield folds ? exact::equalsIgnoreCase : exact::equals;
            }
            case PREFIX -> folding(matcher.getPrefix(), folds, String::startsWith);
            case SUFFIX -> folding(matcher.getSuffix(), folds, String::endsWith);
            case CONTAINS -> folding(matcher.getContains(), folds, String::contains);
            case SAFE_REGEX -> {
                String regex = matcher.getSafeRegex().getRegex();
                try {
                    yield Pattern.compile(regex)::matches;
                } catch (PatternSyntaxException e) {
                    context.problem("safe_regex.regex", regex, "not a regular expression: " + e.getDescription(),
                            "write it in RE2's syntax, which has no look-around and no back references");
                    yield null;
                }
            }
            case CUSTOM -> {
                context.problem("custom", matcher.getCustom().getName(), "Weir knows no custom string matchers",
                        "use exact, prefix, suffix, contains or safe_regex");
                yield null;
            }
            case MATCHPATTERN_NOT_SET -> null; // the API's rules tell
        };
    }

    /** How a value is compared with a configured text. */
    private interface Likeness {
        boolean holds(String value, String text);
    }

    private static Predicate<String> folding(String text, boolean folds, Likeness likeness) {
        if (!folds) {
            return value -> likeness.holds(value, text);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return value -> likeness.holds(value.toLowerCase(Locale.ROOT), lower);
    }
}
