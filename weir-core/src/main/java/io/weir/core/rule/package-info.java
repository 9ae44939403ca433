/**
 * When hosts of a cluster are left out, as configured: plain rules, told to who keeps their health. Nothing happens
 * here.
 */
@NullMarked
package io.weir.core.rule;

import org.jspecify.annotations.NullMarked;
