/**
 * What the configuration makes of Weir's own answers, such as 503 and 404: their status, body and fields.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.reply;
