extension RecordGroup {
    /// Checks that the records' sequence numbers ascend from above `last`.
    ///
    /// - Returns: The highest number that the group uses, or `last`.
    /// - Throws: `StoreError.conflict`.
    package func checkOrder(after last: Int64) throws(StoreError) -> Int64 {
        var newest = last
        for record in records {
            guard record.sequence > newest else {
                throw .conflict(detail: "sequence number \(record.sequence) follows \(newest)")
            }
            newest = record.sequence
        }
        for profile in profiles { newest = max(newest, profile.sequence) }
        for snapshot in snapshots { newest = max(newest, snapshot.sequence) }
        return newest
    }
}
