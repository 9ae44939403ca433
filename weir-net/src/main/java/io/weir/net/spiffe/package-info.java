/** Documents of SPIFFE as others write them. Whom TLS believes by them is known elsewhere. */
@NullMarked
package io.weir.net.spiffe;

import org.jspecify.annotations.NullMarked;
