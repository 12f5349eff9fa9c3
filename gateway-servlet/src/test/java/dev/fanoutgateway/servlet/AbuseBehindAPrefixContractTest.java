package dev.fanoutgateway.servlet;

/** The table of abuse where the filter is mounted for some paths of an application that is not at the root. */
class AbuseBehindAPrefixContractTest extends AbuseContract {
    AbuseBehindAPrefixContractTest() {
        super("/shop", "/gate", false);
    }
}
