/// The event names of Segment's e-commerce specification.
enum EcommerceEventName {
    /// The name of version 2 for one of version 1 (`Completed Order` is `Order Completed`); any other as it is.
    static func current(_ name: String) -> String { successors[name] ?? name }

    /// Source: segmentio/analytics-events and Segment, "Spec: V2 Ecommerce Events".
    private static let successors = [
        "Searched Products": "Products Searched",
        "Viewed Product Category": "Product List Viewed",
        "Viewed Product List": "Product List Viewed",
        "Filtered Product List": "Product List Filtered",
        "Viewed Promotion": "Promotion Viewed",
        "Clicked Promotion": "Promotion Clicked",
        "Clicked Product": "Product Clicked",
        "Viewed Product": "Product Viewed",
        "Added Product": "Product Added",
        "Removed Product": "Product Removed",
        "Viewed Cart": "Cart Viewed",
        "Started Checkout": "Checkout Started",
        "Viewed Checkout Step": "Checkout Step Viewed",
        "Completed Checkout Step": "Checkout Step Completed",
        "Entered Payment Info": "Payment Info Entered",
        "Completed Order": "Order Completed",
        "Updated Order": "Order Updated",
        "Cancelled Order": "Order Cancelled",
        "Refunded Order": "Order Refunded",
        "Entered Coupon": "Coupon Entered",
        "Applied Coupon": "Coupon Applied",
        "Denied Coupon": "Coupon Denied",
        "Removed Coupon": "Coupon Removed",
    ]
}
