"""XLSForm, the workbooks of ODK and Kobo: `workbook` reads sheets, `tree` nests rows, `reader` builds."""
