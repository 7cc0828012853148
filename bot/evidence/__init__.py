"""Evidence as files: a report, a workbook, the content shown, the ledger, and what they are verified by."""
