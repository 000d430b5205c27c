"""What can be imported: each module has one Source."""
