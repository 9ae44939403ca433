/**
 * How hosts tell how loaded they are (ORCA): reports in answers, and streams of reports beside them. Not what it means.
 */
@NullMarked
package io.weir.http.orca;

import org.jspecify.annotations.NullMarked;
