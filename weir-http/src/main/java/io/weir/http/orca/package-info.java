/**
 * What hosts say of themselves: how loaded they are (ORCA), in answers and in streams of reports beside them, and that
 * they want to be left alone. Not what it means.
 */
@NullMarked
package io.weir.http.orca;

import org.jspecify.annotations.NullMarked;
