/**
 * Certificates, keys and rules that come from files: has them read again when the files change. No configuration and no
 * listeners.
 */
@NullMarked
package io.weir.app.secret;

import org.jspecify.annotations.NullMarked;
