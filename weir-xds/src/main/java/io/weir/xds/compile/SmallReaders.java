package io.weir.xds.compile;

import java.util.List;

/** The readers of extensions that are no more than a word. */
final class SmallReaders {

    private SmallReaders() {}

    static List<ExtensionReader<?, ?>> all() {
        return List.of();
    }
}
