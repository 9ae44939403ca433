package io.weir.http.codec;

/**
 * How much a message head (or a trailer section) may hold. Immutable.
 *
 * @param bytesMax
 *            all bytes from the start line to the empty line, that one included; beyond it the message is refused with
 *            414 or 431
 * @param fieldsMax
 *            how many field lines; beyond it the message is refused with 431
 */
public record HeadLimits(int bytesMax, int fieldsMax) {
    /** Envoy's defaults: 60 KiB and 100 fields. */
    public static final HeadLimits DEFAULT = new HeadLimits(60 * 1024, 100);
    /** Beyond this the offsets of a head would be of no use to anyone. */
    private static final int BYTES_CEILING = 8 * 1024 * 1024;

    public HeadLimits {
        if (bytesMax < 16 || bytesMax > BYTES_CEILING || fieldsMax < 1) {
            throw new IllegalArgumentException("head limits out of range: " + bytesMax + " bytes, " + fieldsMax
                    + " fields");
        }
    }
}
