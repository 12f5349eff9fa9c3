package dev.fanoutgateway;

/**
 * A form of paths that some backends read as another path, so that it is refused with 400 unless a route allows it; see
 * {@link Route.Builder#allowPath}. What is a dot segment in any reading, control characters, what is not ASCII or not UTF-8,
 * back slashes and characters that no URI has are refused in any case.
 */
public enum PathForm {
    /** {@code %2F}, for some a slash. */
    ENCODED_SLASH,
    /** {@code %5C}, for some a slash. */
    ENCODED_BACKSLASH,
    /** {@code %2E} within a name, for all a dot. */
    ENCODED_DOT,
    /** {@code %25}, for those who decode twice the beginning of another escape; that must be a harmless one. */
    ENCODED_PERCENT,
    /** Empty segments ({@code //}), which some drop. */
    DOUBLE_SLASH,
    /** What follows a {@code ;} or {@code %3B} in a segment, which some cut off. */
    PARAMETERS
}
