/** Callers by JSON Web Tokens: rules, strict reading, the issuer's keys. Needs nimbus-jose-jwt, and only where it is used. */
@NullMarked
package dev.fanoutgateway.jwt;

import org.jspecify.annotations.NullMarked;
