/** The compressor filter: which bodies are compressed, for whom, and what their heads say then. */
@NullMarked
package io.weir.filters.compressor;

import org.jspecify.annotations.NullMarked;
