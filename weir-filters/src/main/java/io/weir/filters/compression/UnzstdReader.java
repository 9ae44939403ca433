package io.weir.filters.compression;

import com.github.luben.zstd.ZstdDictDecompress;
import io.envoyproxy.envoy.extensions.compression.zstd.decompressor.v3.Zstd;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Reads the zstd library of decompressors. */
public final class UnzstdReader implements ExtensionReader<Zstd, Unzstandard> {
    @Override
    public Zstd prototype() {
        return Zstd.getDefaultInstance();
    }

    @Override
    public Class<Unzstandard> kind() {
        return Unzstandard.class;
    }

    @Override
    public @Nullable Unzstandard read(Zstd config, ReadContext context) {
        if (!ZstdReader.loaded(context)) {
            return null;
        }
        var dictionaries = new LinkedHashMap<Long, ZstdDictDecompress>();
        for (int i = 0; i < config.getDictionariesCount(); i++) {
            var at = context.at("dictionaries", i);
            byte[] bytes = DictionaryReader.read(config.getDictionaries(i), at);
            if (bytes == null) {
                return null;
            }
            long id = DictionaryReader.id(bytes);
            if (config.getDictionariesCount() > 1 && (id == 0 || dictionaries.containsKey(id))) {
                at.problem("", "number " + id, "among several dictionaries each has a number of its own, by which a"
                        + " body names it", "train it with zstd --train --dictID=NUMBER, or leave it alone");
                return null;
            }
            dictionaries.put(id, new ZstdDictDecompress(bytes));
        }
        return new Unzstandard(GunzipReader.RATIO_MAX, dictionaries);
    }
}
